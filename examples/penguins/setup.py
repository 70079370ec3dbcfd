from setuptools import find_packages, setup

setup(
    name="penguins",
    version="0.1.0",
    description="Tells three species of penguins apart by their measures.",
    packages=find_packages(),
    python_requires=">=3.9",
)
